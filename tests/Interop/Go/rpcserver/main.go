// A server of the RPC protocol made of the libraries that Consul's servers use. It listens on the port that is its first
// argument, or on any, and keeps keys in memory. It prints its port, then a line for each connection and stream that begins or
// ends, and serves until its standard input ends.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/rpc"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/hashicorp/go-msgpack/codec"
	msgpackrpc "github.com/hashicorp/net-rpc-msgpackrpc"
	"github.com/hashicorp/yamux"
)

var handle = newHandle()

func newHandle() *codec.MsgpackHandle {
	h := &codec.MsgpackHandle{RawToString: true}
	h.MapType = reflect.TypeOf(map[string]interface{}{})
	return h
}

type Status struct{}

func (*Status) Ping(args struct{}, reply *struct{}) error { return nil }

func (*Status) Leader(args struct{}, reply *string) error {
	*reply = "10.1.1.1:8300"
	return nil
}

func (*Status) Peers(args struct{}, reply *[]string) error {
	*reply = []string{"10.1.1.1:8300", "10.1.1.2:8300"}
	return nil
}

type DirEntry struct {
	LockIndex   uint64
	Key         string
	Flags       uint64
	Value       []byte
	Session     string
	CreateIndex uint64
	ModifyIndex uint64
}

type KVSRequest struct {
	Datacenter string
	Op         string
	DirEnt     DirEntry
	Token      string
}

type KeyRequest struct {
	Datacenter   string
	Key          string
	MaxQueryTime time.Duration
}

type QueryMeta struct {
	Index            uint64
	LastContact      time.Duration
	KnownLeader      bool
	ConsistencyLevel string
	NotModified      bool
	Backend          int
}

type IndexedDirEntries struct {
	Entries []*DirEntry
	QueryMeta
}

type KVS struct {
	lock    sync.Mutex
	entries map[string]*DirEntry
	index   uint64
}

func (k *KVS) Apply(args *KVSRequest, reply *bool) error {
	if args.DirEnt.Key == "" {
		return errors.New("Must provide key")
	}
	k.lock.Lock()
	defer k.lock.Unlock()
	k.index++
	entry := args.DirEnt
	entry.ModifyIndex = k.index
	k.entries[entry.Key] = &entry
	*reply = args.Op != "set"
	return nil
}

// Get waits for the asked time first: a call that takes long.
func (k *KVS) Get(args *KeyRequest, reply *IndexedDirEntries) error {
	time.Sleep(args.MaxQueryTime)
	k.lock.Lock()
	defer k.lock.Unlock()
	reply.Index = k.index
	reply.KnownLeader = true
	if entry := k.entries[args.Key]; entry != nil {
		reply.Index = entry.ModifyIndex
		reply.Entries = []*DirEntry{entry}
	}
	return nil
}

func main() {
	server := rpc.NewServer()
	must(server.RegisterName("Status", &Status{}))
	must(server.RegisterName("KVS", &KVS{entries: map[string]*DirEntry{}}))
	port := "0"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	must(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(server, conn)
		}
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func serve(server *rpc.Server, conn net.Conn) {
	fmt.Println("connection opened")
	defer fmt.Println("connection closed")
	defer conn.Close()
	mode := []byte{0}
	if _, err := io.ReadFull(conn, mode); err != nil {
		return
	}
	switch mode[0] {
	case 0:
		serveStream(server, conn)
	case 4:
		config := yamux.DefaultConfig()
		config.LogOutput = io.Discard
		session, err := yamux.Server(conn, config)
		if err != nil {
			return
		}
		for {
			stream, err := session.Accept()
			if err != nil {
				return
			}
			// As Consul's servers do, look at the first byte before the next stream is taken.
			peeked := bufio.NewReader(stream)
			if _, err := peeked.Peek(1); err != nil {
				return
			}
			go serveStream(server, &peekedConn{stream, peeked})
		}
	}
}

type peekedConn struct {
	net.Conn
	reader *bufio.Reader
}

func (p *peekedConn) Read(buffer []byte) (int, error) { return p.reader.Read(buffer) }

func serveStream(server *rpc.Server, conn net.Conn) {
	fmt.Println("stream opened")
	defer fmt.Println("stream closed")
	defer conn.Close()
	codec := msgpackrpc.NewCodecFromHandle(true, true, conn, handle)
	for server.ServeRequest(codec) == nil {
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
