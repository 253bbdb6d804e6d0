"""Drives an agent with the python-consul client library: python_consul.py PORT SCENARIO."""

import json
import sys
import threading
import time

import consul
from consul.base import CB, Check


def key_values(c):
    assert c.kv.put("py/a", "hello", flags=7)
    index, entry = c.kv.get("py/a")
    assert entry["Value"] == b"hello" and entry["Flags"] == 7, entry
    assert int(index) >= 1
    assert c.kv.put("py/b/c", "x")
    _, entries = c.kv.get("py/", recurse=True)
    assert [e["Key"] for e in entries] == ["py/a", "py/b/c"], entries
    _, keys = c.kv.get("py/", keys=True, separator="/")
    assert keys == ["py/a", "py/b/"], keys
    assert c.kv.delete("py/", recurse=True)
    assert c.kv.get("py/a")[1] is None


def check_and_set(c):
    assert c.kv.put("cas", "1", cas=0)
    assert not c.kv.put("cas", "2", cas=0)
    _, entry = c.kv.get("cas")
    assert c.kv.put("cas", "2", cas=entry["ModifyIndex"])
    assert not c.kv.put("cas", "3", cas=entry["ModifyIndex"])
    assert not c.kv.delete("cas", cas=entry["ModifyIndex"])
    assert c.kv.get("cas")[1]["Value"] == b"2"


def locks(c):
    first = c.session.create(name="first", behavior="delete", ttl=10, lock_delay=0)
    second = c.session.create(name="second", lock_delay=0)
    assert c.kv.put("leader", "first", acquire=first)
    assert not c.kv.put("leader", "second", acquire=second)
    assert c.kv.get("leader")[1]["Session"] == first
    c.session.renew(first)
    assert len(c.session.list()[1]) >= 2
    assert c.session.info(first)[1]["TTL"] == "10s"
    assert c.kv.put("leader", "none", release=first)
    assert c.kv.put("leader", "first", acquire=first)
    assert c.session.destroy(first)
    assert c.kv.get("leader")[1] is None, "behavior delete removes the key"
    assert c.kv.put("leader", "second", acquire=second)
    assert c.session.destroy(second)
    try:
        c.session.renew(second)
    except consul.NotFound:
        pass
    else:
        raise AssertionError("renewing an unknown session must be 404")


def services(c):
    assert c.agent.service.register("py-web", service_id="py-web-1", port=80, tags=["a"], check=Check.ttl("60s"))
    assert "py-web-1" in c.agent.services()
    wait_for(lambda: len(c.catalog.service("py-web")[1]) == 1)
    assert c.health.service("py-web", passing=True)[1] == []
    put(c, "/v1/agent/check/pass/service:py-web-1")
    wait_for(lambda: len(c.health.service("py-web", passing=True)[1]) == 1)
    instance = c.health.service("py-web")[1][0]
    assert instance["Service"]["Port"] == 80 and instance["Service"]["Tags"] == ["a"], instance
    assert [check["CheckID"] for check in c.health.checks("py-web")[1]] == ["service:py-web-1"]
    put(c, "/v1/agent/service/deregister/py-web-1")
    wait_for(lambda: c.catalog.service("py-web")[1] == [])


def ttl_checks(c):
    assert c.agent.check.register("py-ttl", Check.ttl("1s"), check_id="py-ttl")
    assert c.agent.checks()["py-ttl"]["Status"] == "critical"
    put(c, "/v1/agent/check/pass/py-ttl", [("note", "fine")])
    assert c.agent.checks()["py-ttl"]["Output"] == "fine"
    assert c.agent.checks()["py-ttl"]["Status"] == "passing"
    wait_for(lambda: c.agent.checks()["py-ttl"]["Status"] == "critical")
    put(c, "/v1/agent/check/warn/py-ttl")
    wait_for(lambda: any(s["CheckID"] == "py-ttl" for s in c.health.state("warning")[1]))
    put(c, "/v1/agent/check/deregister/py-ttl")
    wait_for(lambda: "py-ttl" not in c.agent.checks())


def blocking_reads(c):
    c.kv.put("watched", "1")
    index, _ = c.kv.get("watched")
    started = time.time()
    same, _ = c.kv.get("watched", index=index, wait="300ms")
    assert same == index and time.time() - started >= 0.29, (same, index)
    timer = threading.Timer(0.2, lambda: c.kv.put("watched", "2"))
    timer.start()
    changed, entry = c.kv.get("watched", index=index, wait="30s")
    timer.join()
    assert int(changed) > int(index) and entry["Value"] == b"2"


def transactions(c):
    operations = [
        {"KV": {"Verb": "set", "Key": "txn/a", "Value": "MQ=="}},
        {"KV": {"Verb": "get", "Key": "txn/a"}},
    ]
    results = c.http.put(CB.json(), "/v1/txn", data=json.dumps(operations))
    assert results["Errors"] is None and len(results["Results"]) == 2, results


def catalog_and_status(c):
    assert c.catalog.register("py-ext", "10.1.2.3", service={"Service": "py-db", "Port": 5432})
    assert c.catalog.node("py-ext")[1]["Services"]["py-db"]["Port"] == 5432
    assert "py-db" in c.catalog.services()[1]
    assert [n for n in c.catalog.nodes()[1] if n["Node"] == "py-ext"]
    assert c.catalog.deregister("py-ext")
    assert c.catalog.node("py-ext")[1] is None
    assert c.catalog.datacenters() == ["dc1"]
    assert c.status.leader() in c.status.peers()
    assert c.agent.self()["Config"]["Datacenter"] == "dc1"


def maintenance(c):
    c.agent.maintenance(True, "py")
    assert c.agent.checks()["_node_maintenance"]["Notes"] == "py"
    c.agent.maintenance(False)
    assert "_node_maintenance" not in c.agent.checks()


def put(c, path, params=None):
    """For the calls that this library makes with GET, which agents refuse."""
    assert c.http.put(CB.bool(), path, params=params)


def wait_for(condition):
    deadline = time.time() + 15
    while not condition():
        assert time.time() < deadline, "condition not met in time"
        time.sleep(0.02)


if __name__ == "__main__":
    globals()[sys.argv[2]](consul.Consul(host="127.0.0.1", port=int(sys.argv[1])))
