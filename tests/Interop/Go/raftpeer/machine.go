package main

import (
	"io"
	"strings"
	"sync"

	"github.com/hashicorp/raft"
)

// lines remembers every command as a line of text; a snapshot is all lines, with line feeds between them.
type lines struct {
	lock    sync.Mutex
	applied []string
}

func (l *lines) Apply(entry *raft.Log) interface{} {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.applied = append(l.applied, string(entry.Data))
	return nil
}

func (l *lines) Snapshot() (raft.FSMSnapshot, error) {
	return text(strings.Join(l.all(), "\n")), nil
}

func (l *lines) Restore(state io.ReadCloser) error {
	defer state.Close()
	all, err := io.ReadAll(state)
	if err != nil {
		return err
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	l.applied = strings.Fields(string(all))
	return nil
}

func (l *lines) all() []string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return append([]string{}, l.applied...)
}

type text string

func (t text) Persist(sink raft.SnapshotSink) error {
	if _, err := sink.Write([]byte(t)); err != nil {
		_ = sink.Cancel()
		return err
	}
	return sink.Close()
}

func (t text) Release() {}
