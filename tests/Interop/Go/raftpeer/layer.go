package main

import (
	"io"
	"net"
	"time"

	"github.com/hashicorp/raft"
)

// raftMode is the first byte of a Raft connection on a server's port.
const raftMode = 1

type layer struct {
	net.Listener
}

func listen(port string) (*layer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return nil, err
	}
	return &layer{listener}, nil
}

// Accept gives out connections that begin with the mode; the byte is read when the first request is.
func (l *layer) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &moded{Conn: conn}, nil
}

func (l *layer) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", string(address), timeout)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write([]byte{raftMode}); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

type moded struct {
	net.Conn
	known bool
}

func (m *moded) Read(buffer []byte) (int, error) {
	if !m.known {
		mode := []byte{0}
		if _, err := io.ReadFull(m.Conn, mode); err != nil {
			return 0, err
		}
		if mode[0] != raftMode {
			return 0, io.ErrUnexpectedEOF
		}
		m.known = true
	}
	return m.Conn.Read(buffer)
}
