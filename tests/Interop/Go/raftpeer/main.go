// A Raft server made of the library that Consul's servers use. Its arguments are its id, the port to listen on (0 for any)
// and a folder for its files. It prints its address, then one line for each command line that it reads, and ends with its
// standard input.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/raft"
)

const patience = 10 * time.Second

func main() {
	id, port, folder := os.Args[1], os.Args[2], os.Args[3]
	layer, err := listen(port)
	must(err)
	store, err := openStore(filepath.Join(folder, "log.json"))
	must(err)
	snapshots, err := raft.NewFileSnapshotStore(folder, 2, os.Stderr)
	must(err)
	config := raft.DefaultConfig()
	config.LocalID = raft.ServerID(id)
	config.ShutdownOnRemove = false
	config.LogOutput = os.Stderr
	config.TrailingLogs = 4
	config.SnapshotInterval = time.Hour
	transport := raft.NewNetworkTransport(layer, 3, patience, os.Stderr)
	machine := &lines{}
	node, err := raft.NewRaft(config, machine, store, store, snapshots, transport)
	must(err)
	fmt.Println(layer.Addr())
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		fmt.Println(run(node, machine, strings.Fields(input.Text())))
	}
}

func run(node *raft.Raft, machine *lines, words []string) string {
	switch words[0] {
	case "bootstrap":
		return result(node.BootstrapCluster(configuration(words[1:])))
	case "apply":
		// Each write is asked for before the first is waited for.
		var futures []raft.Future
		for _, word := range words[1:] {
			futures = append(futures, node.Apply([]byte(word), patience))
		}
		for _, future := range futures {
			if err := future.Error(); err != nil {
				return "error " + err.Error()
			}
		}
		return "ok"
	case "verify":
		return result(node.VerifyLeader())
	case "snapshot":
		return result(node.Snapshot())
	case "transfer":
		return result(node.LeadershipTransferToServer(raft.ServerID(words[1]), raft.ServerAddress(words[2])))
	case "voter":
		return result(node.AddVoter(raft.ServerID(words[1]), raft.ServerAddress(words[2]), 0, patience))
	case "nonvoter":
		return result(node.AddNonvoter(raft.ServerID(words[1]), raft.ServerAddress(words[2]), 0, patience))
	case "remove":
		return result(node.RemoveServer(raft.ServerID(words[1]), 0, patience))
	case "servers":
		future := node.GetConfiguration()
		if err := future.Error(); err != nil {
			return "error " + err.Error()
		}
		var servers []string
		for _, server := range future.Configuration().Servers {
			servers = append(servers, fmt.Sprintf("%s=%s", server.ID, server.Suffrage))
		}
		return strings.Join(servers, " ")
	case "state":
		stats := node.Stats()
		return fmt.Sprintf("%s %s %s", strings.ToLower(node.State().String()), stats["term"], stats["last_snapshot_index"])
	case "dump":
		return strings.Join(machine.all(), " ")
	}
	return "error unknown command " + strconv.Quote(words[0])
}

// configuration makes voters of words like id=address.
func configuration(words []string) raft.Configuration {
	var servers []raft.Server
	for _, word := range words {
		parts := strings.SplitN(word, "=", 2)
		servers = append(servers, raft.Server{ID: raft.ServerID(parts[0]), Address: raft.ServerAddress(parts[1])})
	}
	return raft.Configuration{Servers: servers}
}

func result(future raft.Future) string {
	if err := future.Error(); err != nil {
		return "error " + err.Error()
	}
	return "ok"
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
