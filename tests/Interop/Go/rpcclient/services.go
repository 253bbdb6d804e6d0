package main

import (
	"fmt"
	"strings"
)

// The requests are structs, as Consul's own are: their fields travel in sorted order and all of them are written.

type QueryOptions struct {
	Token                    string
	MinQueryIndex            uint64
	MaxQueryTime             int64
	AllowStale               bool
	RequireConsistent        bool
	UseCache                 bool
	MaxStaleDuration         int64
	MaxAge                   int64
	MustRevalidate           bool
	StaleIfError             int64
	Filter                   string
	AllowNotModifiedResponse bool
}

type dcRequest struct {
	Datacenter      string
	NodeMetaFilters map[string]string
	QueryOptions
}

type keyRequest struct {
	Datacenter string
	Key        string
	QueryOptions
}

type dirEntry struct {
	LockIndex   uint64
	Key         string
	Flags       uint64
	Value       []byte
	Session     string
	CreateIndex uint64
	ModifyIndex uint64
}

type kvsRequest struct {
	Datacenter string
	Op         string
	DirEnt     dirEntry
	Token      string
}

const dc = "dc1"

func status(p *peer) {
	c := p.stream()
	defer c.conn.Close()
	for i := 0; i < 3; i++ {
		equal(len(c.call("Status.Ping", struct{}{})), 0, "Status.Ping")
	}
	var leader string
	check(c.try("Status.Leader", dcRequest{Datacenter: dc}, &leader))
	equal(leader, p.address, "Status.Leader")
	var peers []string
	check(c.try("Status.Peers", dcRequest{Datacenter: dc}, &peers))
	equal(peers, []string{p.address}, "Status.Peers")
	stats := c.call("Status.RaftStats", struct{}{})
	equal(stats["LastContact"], "0", "LastContact of the leader")
	expect(stats["LastIndex"] != nil && stats["LastTerm"] != nil, "Status.RaftStats: %v", stats)
}

func register(p *peer, node, service string, port int) {
	p.call("Catalog.Register", fields{
		"Datacenter": dc, "Node": node, "Address": "10.0.0.1", "NodeMeta": fields{"rack": "r1"},
		"Service": fields{"Service": service, "ID": service + "-1", "Port": port, "Tags": []string{"a", "b"}},
		"Check":   fields{"Node": node, "CheckID": "c-" + service, "Name": "check", "Status": "passing", "ServiceID": service + "-1"},
	})
}

func catalog(p *peer) {
	register(p, "go-node", "go-web", 80)
	request := dcRequest{Datacenter: dc}
	expect(contains(names(p.call("Catalog.ListNodes", request)["Nodes"], "Node"), "go-node"), "Catalog.ListNodes")
	request.NodeMetaFilters = map[string]string{"rack": "r1"}
	equal(names(p.call("Catalog.ListNodes", request)["Nodes"], "Node"), []string{"go-node"}, "nodes by metadata")
	request = dcRequest{Datacenter: dc, QueryOptions: QueryOptions{Filter: `Meta.rack == "r1"`}}
	equal(names(p.call("Catalog.ListNodes", request)["Nodes"], "Node"), []string{"go-node"}, "nodes by filter")
	services := p.call("Catalog.ListServices", dcRequest{Datacenter: dc})["Services"].(fields)
	// The order of the tags is free.
	equal(len(list(services["go-web"])), 2, "Catalog.ListServices")
	expect(contains(names(p.call("Catalog.ServiceList", dcRequest{Datacenter: dc})["Services"], "Name"), "go-web"), "Catalog.ServiceList")
	nodes := p.call("Catalog.ServiceNodes", fields{"Datacenter": dc, "ServiceName": "go-web", "ServiceTags": []string{"A"}, "TagFilter": true})
	equal(names(nodes["ServiceNodes"], "ServiceID"), []string{"go-web-1"}, "Catalog.ServiceNodes")
	equal(names(nodes["ServiceNodes"], "Address"), []string{"10.0.0.1"}, "address of the node")
	on := p.call("Catalog.NodeServices", fields{"Datacenter": dc, "Node": "go-node"})["NodeServices"].(fields)
	equal(on["Services"].(fields)["go-web-1"].(fields)["Port"], 80, "Catalog.NodeServices")
	missing := p.call("Catalog.NodeServices", fields{"Datacenter": dc, "Node": "nobody"})
	expect(missing["NodeServices"] == nil, "services of an unknown node: %v", missing)
	all := p.call("Catalog.NodeServiceList", fields{"Datacenter": dc, "Node": "go-node"})["NodeServices"].(fields)
	equal(names(all["Services"], "Service"), []string{"go-web"}, "Catalog.NodeServiceList")
	var datacenters []string
	p.callInto("Catalog.ListDatacenters", fields{}, &datacenters)
	equal(datacenters, []string{dc}, "Catalog.ListDatacenters")
	p.call("Catalog.Deregister", fields{"Datacenter": dc, "Node": "go-node", "ServiceID": "go-web-1"})
	p.call("Catalog.Deregister", fields{"Datacenter": dc, "Node": "go-node"})
	expect(!contains(names(p.call("Catalog.ListNodes", dcRequest{Datacenter: dc})["Nodes"], "Node"), "go-node"), "deregistered")
	equal(p.refusal("Catalog.Register", fields{"Datacenter": dc}), "Must provide node", "registration of nothing")
}

func health(p *peer) {
	register(p, "go-sick", "go-db", 5432)
	checks := p.call("Health.ServiceChecks", fields{"Datacenter": dc, "ServiceName": "go-db"})
	equal(names(checks["HealthChecks"], "CheckID"), []string{"c-go-db"}, "Health.ServiceChecks")
	checks = p.call("Health.NodeChecks", fields{"Datacenter": dc, "Node": "go-sick"})
	equal(names(checks["HealthChecks"], "ServiceName"), []string{"go-db"}, "Health.NodeChecks")
	checks = p.call("Health.ChecksInState", fields{"Datacenter": dc, "State": "passing"})
	expect(contains(names(checks["HealthChecks"], "CheckID"), "c-go-db"), "Health.ChecksInState")
	instances := list(p.call("Health.ServiceNodes", fields{"Datacenter": dc, "ServiceName": "go-db"})["Nodes"])
	equal(len(instances), 1, "Health.ServiceNodes")
	instance := instances[0].(fields)
	equal(instance["Node"].(fields)["Node"], "go-sick", "node of the instance")
	equal(instance["Service"].(fields)["Port"], 5432, "port of the instance")
	equal(names(instance["Checks"], "Status"), []string{"passing"}, "checks of the instance")
	p.call("Catalog.Deregister", fields{"Datacenter": dc, "Node": "go-sick"})
}

func set(p *peer, key string, value []byte) {
	var verdict bool
	p.callInto("KVS.Apply", kvsRequest{Datacenter: dc, Op: "set", DirEnt: dirEntry{Key: key, Value: value}}, &verdict)
	equal(verdict, false, "the verdict of a plain set is false")
}

func get(p *peer, key string) (fields, uint64) {
	reply := p.call("KVS.Get", keyRequest{Datacenter: dc, Key: key})
	entries := list(reply["Entries"])
	if len(entries) == 0 {
		return nil, index(reply)
	}
	return entries[0].(fields), index(reply)
}

func keyValues(p *peer) {
	set(p, "go/a", []byte("one"))
	set(p, "go/b/c", []byte{0, 255})
	entry, at := get(p, "go/a")
	equal(entry["Value"], "one", "value")
	equal(entry["ModifyIndex"], at, "index of the result")
	var verdict bool
	p.callInto("KVS.Apply", kvsRequest{Datacenter: dc, Op: "cas", DirEnt: dirEntry{Key: "go/a", Value: []byte("two"), ModifyIndex: at}}, &verdict)
	equal(verdict, true, "cas with the right index")
	p.callInto("KVS.Apply", kvsRequest{Datacenter: dc, Op: "cas", DirEnt: dirEntry{Key: "go/a", Value: []byte("no"), ModifyIndex: at}}, &verdict)
	equal(verdict, false, "cas with an old index")
	equal(names(p.call("KVS.List", keyRequest{Datacenter: dc, Key: "go/"})["Entries"], "Key"), []string{"go/a", "go/b/c"}, "KVS.List")
	keys := p.call("KVS.ListKeys", fields{"Datacenter": dc, "Prefix": "go/", "Seperator": "/"})
	equal(keys["Keys"], []string{"go/a", "go/b/"}, "KVS.ListKeys")
	entry, _ = get(p, "go/none")
	expect(entry == nil, "a missing key: %v", entry)
	p.callInto("KVS.Apply", kvsRequest{Datacenter: dc, Op: "delete-tree", DirEnt: dirEntry{Key: "go/"}}, &verdict)
	entry, _ = get(p, "go/a")
	expect(entry == nil, "a deleted key: %v", entry)
}

func sessions(p *peer) {
	register(p, "go-holder", "go-holder", 1)
	var id string
	p.callInto("Session.Apply", fields{"Datacenter": dc, "Op": "create",
		"Session": fields{"Node": "go-holder", "Name": "s", "TTL": "30s", "Behavior": "delete", "LockDelay": 1}}, &id)
	equal(len(id), 36, "id of the session")
	found := p.call("Session.Get", fields{"Datacenter": dc, "SessionID": id})
	equal(names(found["Sessions"], "Name"), []string{"s"}, "Session.Get")
	expect(contains(names(p.call("Session.List", dcRequest{Datacenter: dc})["Sessions"], "ID"), id), "Session.List")
	equal(names(p.call("Session.NodeSessions", fields{"Datacenter": dc, "Node": "go-holder"})["Sessions"], "ID"), []string{id}, "Session.NodeSessions")
	equal(names(p.call("Session.Renew", fields{"Datacenter": dc, "SessionID": id})["Sessions"], "ID"), []string{id}, "Session.Renew")
	var verdict bool
	p.callInto("KVS.Apply", kvsRequest{Datacenter: dc, Op: "lock", DirEnt: dirEntry{Key: "go-lock", Session: id}}, &verdict)
	equal(verdict, true, "lock")
	entry, _ := get(p, "go-lock")
	equal(entry["Session"], id, "holder")
	p.callInto("Session.Apply", fields{"Datacenter": dc, "Op": "destroy", "Session": fields{"ID": id}}, &id)
	entry, _ = get(p, "go-lock")
	expect(entry == nil, "the lock of a destroyed session with behaviour delete: %v", entry)
	p.call("Catalog.Deregister", fields{"Datacenter": dc, "Node": "go-holder"})
}

func transactions(p *peer) {
	reply := p.call("Txn.Apply", fields{"Datacenter": dc, "Ops": []fields{
		{"KV": fields{"Verb": "set", "DirEnt": fields{"Key": "go-txn", "Value": []byte("v")}}},
		{"KV": fields{"Verb": "get", "DirEnt": fields{"Key": "go-txn"}}},
	}})
	expect(reply["Errors"] == nil, "Txn.Apply: %v", reply)
	results := list(reply["Results"])
	equal(results[1].(fields)["KV"].(fields)["Value"], "v", "value in the transaction")
	reply = p.call("Txn.Apply", fields{"Datacenter": dc, "Ops": []fields{
		{"KV": fields{"Verb": "set", "DirEnt": fields{"Key": "go-txn", "Value": []byte("w")}}},
		{"KV": fields{"Verb": "check-not-exists", "DirEnt": fields{"Key": "go-txn"}}},
	}})
	equal(names(reply["Errors"], "OpIndex"), []string{"1"}, "failed operation")
	expect(strings.Contains(names(reply["Errors"], "What")[0], "exists"), "text of the failed operation: %v", reply)
	reply = p.call("Txn.Read", fields{"Datacenter": dc, "Ops": []fields{{"KV": fields{"Verb": "get", "DirEnt": fields{"Key": "go-txn"}}}}})
	equal(list(reply["Results"])[0].(fields)["KV"].(fields)["Value"], "v", "Txn.Read sees what was rolled back to")
	equal(reply["KnownLeader"], true, "metadata of Txn.Read")
}

func internal(p *peer) {
	register(p, "go-dump", "go-dumped", 7)
	dump := list(p.call("Internal.NodeInfo", fields{"Datacenter": dc, "Node": "go-dump"})["Dump"])
	equal(len(dump), 1, "Internal.NodeInfo")
	equal(names(dump[0].(fields)["Services"], "ID"), []string{"go-dumped-1"}, "services of the node")
	expect(contains(names(p.call("Internal.NodeDump", dcRequest{Datacenter: dc})["Dump"], "Node"), "go-dump"), "Internal.NodeDump")
	services := p.call("Internal.ServiceDump", fields{"Datacenter": dc})
	expect(strings.Contains(fmt.Sprint(services["Nodes"]), "go-dumped-1"), "Internal.ServiceDump: %v", services)
	p.call("Catalog.Deregister", fields{"Datacenter": dc, "Node": "go-dump"})
}

func operator(p *peer) {
	reply := p.call("Operator.RaftGetConfiguration", dcRequest{Datacenter: dc})
	equal(names(reply["Servers"], "Address"), []string{p.address}, "Operator.RaftGetConfiguration")
	equal(names(reply["Servers"], "Leader"), []string{"true"}, "leader")
}
