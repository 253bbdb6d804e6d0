// Calls the RPC port of a server with the libraries that Consul's own agents use: rpcclient ADDRESS SCENARIO.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

var scenarios = map[string]func(*peer){
	"status":        status,
	"catalog":       catalog,
	"health":        health,
	"key_values":    keyValues,
	"sessions":      sessions,
	"transactions":  transactions,
	"internal":      internal,
	"operator":      operator,
	"large_answers": largeAnswers,
	"blocking":      blocking,
	"many_streams":  manyStreams,
	"errors":        failures,
	"plain":         plain,
	"snapshots":     snapshots,
	"session_life":  sessionLife,
}

func main() {
	if len(os.Args) != 3 || scenarios[os.Args[2]] == nil {
		names := make([]string, 0, len(scenarios))
		for name := range scenarios {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintln(os.Stderr, "usage: rpcclient ADDRESS "+strings.Join(names, "|"))
		os.Exit(2)
	}
	defer func() {
		if fault := recover(); fault != nil {
			fmt.Fprintln(os.Stderr, fault)
			os.Exit(1)
		}
	}()
	p := dial(os.Args[1])
	defer p.close()
	scenarios[os.Args[2]](p)
}
