package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-msgpack/codec"
	msgpackrpc "github.com/hashicorp/net-rpc-msgpackrpc"
)

func largeAnswers(p *peer) {
	const keys, size = 40, 500 * 1024
	for i := 0; i < keys; i++ {
		set(p, fmt.Sprintf("go-large/%02d", i), bytes.Repeat([]byte{byte('a' + i%26)}, size))
	}
	entries := list(p.call("KVS.List", keyRequest{Datacenter: dc, Key: "go-large/"})["Entries"])
	equal(len(entries), keys, "number of entries")
	for i, entry := range entries {
		value := entry.(fields)["Value"].(string)
		expect(value == strings.Repeat(string(rune('a'+i%26)), size), "value %d has %d bytes or other content", i, len(value))
	}
	var verdict bool
	p.callInto("KVS.Apply", kvsRequest{Datacenter: dc, Op: "delete-tree", DirEnt: dirEntry{Key: "go-large/"}}, &verdict)
}

func blocking(p *peer) {
	set(p, "go-watched", []byte("1"))
	_, at := get(p, "go-watched")
	request := keyRequest{Datacenter: dc, Key: "go-watched", QueryOptions: QueryOptions{MinQueryIndex: at, MaxQueryTime: int64(200 * time.Millisecond)}}
	begin := time.Now()
	equal(index(p.call("KVS.Get", request)), at, "index after a wait in which nothing changed")
	expect(time.Since(begin) >= 190*time.Millisecond, "the wait ended after %v", time.Since(begin))

	request.MaxQueryTime = int64(50 * time.Second)
	answers := make(chan fields, 50)
	for i := 0; i < cap(answers); i++ {
		go func() { answers <- p.call("KVS.Get", request) }()
	}
	// While they wait, other calls on the same connection are answered.
	for i := 0; i < 20; i++ {
		p.call("Status.Ping", struct{}{})
	}
	set(p, "go-watched", []byte("2"))
	for i := 0; i < cap(answers); i++ {
		reply := <-answers
		expect(index(reply) > at, "woken without news: %v", reply)
		equal(list(reply["Entries"])[0].(fields)["Value"], "2", "value after the wait")
	}
}

func manyStreams(p *peer) {
	const streams, calls = 400, 25
	var all sync.WaitGroup
	faults := make(chan interface{}, streams)
	for i := 0; i < streams; i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			defer func() {
				if fault := recover(); fault != nil {
					faults <- fault
				}
			}()
			c := p.stream()
			defer c.conn.Close()
			key := fmt.Sprintf("go-many/%d", i)
			for n := 0; n < calls; n++ {
				var verdict bool
				value := []byte(fmt.Sprintf("%d-%d", i, n))
				check(c.try("KVS.Apply", kvsRequest{Datacenter: dc, Op: "set", DirEnt: dirEntry{Key: key, Value: value}}, &verdict))
				entries := list(c.call("KVS.Get", keyRequest{Datacenter: dc, Key: key})["Entries"])
				equal(entries[0].(fields)["Value"], string(value), "value of its own key")
			}
		}(i)
	}
	all.Wait()
	close(faults)
	for fault := range faults {
		panic(fault)
	}
}

func failures(p *peer) {
	equal(p.refusal("Bogus.Method", fields{}), "rpc: can't find service Bogus.Method", "unknown service")
	equal(p.refusal("Status.Bogus", fields{}), "rpc: can't find method Status.Bogus", "unknown method")
	equal(p.refusal("nodot", fields{}), "rpc: service/method request ill-formed: nodot", "ill-formed method")
	equal(p.refusal("KVS.Apply", kvsRequest{Datacenter: dc, Op: "set"}), "Must provide key", "application error")
	equal(p.refusal("KVS.Get", keyRequest{Datacenter: "elsewhere", Key: "a"}), "No path to datacenter", "unknown datacenter")
	expect(len(p.refusal("KVS.Get", "text")) > 0, "a body of the wrong shape")
	refused := p.refusal("Catalog.ListNodes", dcRequest{Datacenter: dc, QueryOptions: QueryOptions{Filter: "==="}})
	expect(strings.Contains(refused, "Failed to create boolean expression evaluator"), "bad filter: %s", refused)

	// After an application error the server keeps the stream.
	c := p.stream()
	defer c.conn.Close()
	var reply interface{}
	expect(c.try("KVS.Apply", kvsRequest{Datacenter: dc, Op: "set"}, &reply) != nil, "an empty key was taken")
	c.call("Status.Ping", struct{}{})

	// After an unknown method it does not.
	gone := p.stream()
	defer gone.conn.Close()
	expect(gone.try("Status.Bogus", fields{}, &reply) != nil, "an unknown method was found")
	expect(gone.try("Status.Ping", struct{}{}, &reply) != nil, "the stream is still served")
}

func plain(p *peer) {
	conn := dialMode(p.address, modeSingle)
	defer conn.Close()
	c := &caller{conn, msgpackrpc.NewCodecFromHandle(true, true, conn, handle)}
	for i := 0; i < 3; i++ {
		c.call("Status.Ping", struct{}{})
	}
	expect(c.call("Catalog.ListNodes", dcRequest{Datacenter: dc})["Nodes"] != nil, "Catalog.ListNodes")
}

func sessionLife(p *peer) {
	_, err := p.session.Ping()
	check(err)
	// Streams come and go; half-closed ones are answered before they end.
	for i := 0; i < 200; i++ {
		p.call("Status.Ping", struct{}{})
	}
	eventually("all streams are gone", func() bool { return p.session.NumStreams() == 0 })
	_, err = p.session.Ping()
	check(err)
}

type snapshotRequest struct {
	Datacenter string
	Token      string
	AllowStale bool
	Op         int
}

func exchangeSnapshot(address string, request snapshotRequest, archive []byte) (fields, []byte) {
	conn := dialMode(address, modeSnapshot)
	defer conn.Close()
	check(conn.SetDeadline(time.Now().Add(60 * time.Second)))
	check(codec.NewEncoder(conn, handle).Encode(&request))
	_, err := conn.Write(archive)
	check(err)
	check(conn.(*net.TCPConn).CloseWrite())
	reply := fields{}
	check(codec.NewDecoder(conn, handle).Decode(&reply))
	rest, err := io.ReadAll(conn)
	check(err)
	return reply, rest
}

func snapshots(p *peer) {
	set(p, "go-kept", []byte("before"))
	reply, archive := exchangeSnapshot(p.address, snapshotRequest{Datacenter: dc}, nil)
	equal(reply["Error"], "", "save")
	expect(len(archive) > 100 && archive[0] == 0x1f && archive[1] == 0x8b, "%d bytes are no archive", len(archive))
	expect(index(reply) > 0 && reply["KnownLeader"] == true, "metadata: %v", reply)
	set(p, "go-kept", []byte("after"))
	reply, rest := exchangeSnapshot(p.address, snapshotRequest{Datacenter: dc, Op: 1}, archive)
	equal(reply["Error"], "", "restore")
	equal(len(rest), 0, "bytes after the answer to a restore")
	entry, _ := get(p, "go-kept")
	equal(entry["Value"], "before", "value after the restore")
	reply, _ = exchangeSnapshot(p.address, snapshotRequest{Datacenter: dc, Op: 1}, archive[:len(archive)/2])
	expect(reply["Error"] != "", "half an archive was restored")
	reply, _ = exchangeSnapshot(p.address, snapshotRequest{Datacenter: "elsewhere"}, nil)
	equal(reply["Error"], "No path to datacenter", "save of an unknown datacenter")
}
