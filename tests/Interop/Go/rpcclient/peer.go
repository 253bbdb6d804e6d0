package main

import (
	"fmt"
	"io"
	"net"
	"net/rpc"
	"reflect"
	"time"

	"github.com/hashicorp/go-msgpack/codec"
	msgpackrpc "github.com/hashicorp/net-rpc-msgpackrpc"
	"github.com/hashicorp/yamux"
)

const (
	modeSingle      = 0
	modeMultiplexed = 4
	modeSnapshot    = 5
)

// fields is any map on the wire.
type fields = map[string]interface{}

var handle = newHandle()

func newHandle() *codec.MsgpackHandle {
	h := &codec.MsgpackHandle{RawToString: true}
	h.MapType = reflect.TypeOf(fields{})
	return h
}

// peer is one multiplexed connection to the server under test.
type peer struct {
	address string
	session *yamux.Session
}

func dial(address string) *peer {
	conn := dialMode(address, modeMultiplexed)
	config := yamux.DefaultConfig()
	config.LogOutput = io.Discard
	session, err := yamux.Client(conn, config)
	check(err)
	return &peer{address, session}
}

func dialMode(address string, mode byte) net.Conn {
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	check(err)
	_, err = conn.Write([]byte{mode})
	check(err)
	return conn
}

func (p *peer) close() { p.session.Close() }

// stream opens a stream that carries calls one after the other.
func (p *peer) stream() *caller {
	stream, err := p.session.Open()
	check(err)
	return &caller{stream, msgpackrpc.NewCodecFromHandle(true, true, stream, handle)}
}

// call makes one call on a stream of its own.
func (p *peer) call(method string, args interface{}) fields {
	c := p.stream()
	defer c.conn.Close()
	return c.call(method, args)
}

func (p *peer) callInto(method string, args, reply interface{}) {
	c := p.stream()
	defer c.conn.Close()
	check(c.try(method, args, reply))
}

// refusal makes a call that must fail and gives the error text.
func (p *peer) refusal(method string, args interface{}) string {
	c := p.stream()
	defer c.conn.Close()
	var reply interface{}
	err := c.try(method, args, &reply)
	expect(err != nil, "%s was not refused: %v", method, reply)
	return err.Error()
}

// caller is one stream.
type caller struct {
	conn  net.Conn
	codec rpc.ClientCodec
}

func (c *caller) try(method string, args, reply interface{}) error {
	check(c.conn.SetDeadline(time.Now().Add(60 * time.Second)))
	return msgpackrpc.CallWithCodec(c.codec, method, args, reply)
}

func (c *caller) call(method string, args interface{}) fields {
	reply := fields{}
	if err := c.try(method, args, &reply); err != nil {
		panic(fmt.Sprintf("%s: %v", method, err))
	}
	return reply
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func expect(condition bool, format string, args ...interface{}) {
	if !condition {
		panic(fmt.Sprintf(format, args...))
	}
}

func equal(got, want interface{}, what string) {
	expect(fmt.Sprint(got) == fmt.Sprint(want), "%s: got %v, want %v", what, got, want)
}

// list gives the items of an array.
func list(value interface{}) []interface{} {
	items, ok := value.([]interface{})
	expect(ok || value == nil, "no array: %v", value)
	return items
}

// names gives one field of each item.
func names(value interface{}, field string) []string {
	found := []string{}
	for _, item := range list(value) {
		found = append(found, fmt.Sprint(item.(fields)[field]))
	}
	return found
}

func contains(items []string, item string) bool {
	for _, each := range items {
		if each == item {
			return true
		}
	}
	return false
}

func index(reply fields) uint64 {
	switch number := reply["Index"].(type) {
	case uint64:
		return number
	case int64:
		return uint64(number)
	}
	panic(fmt.Sprintf("no index: %v", reply["Index"]))
}

// eventually repeats until the condition holds.
func eventually(what string, condition func() bool) {
	deadline := time.Now().Add(20 * time.Second)
	for !condition() {
		expect(time.Now().Before(deadline), "not within the deadline: %s", what)
		time.Sleep(20 * time.Millisecond)
	}
}
