package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/hashicorp/raft"
)

// store keeps log and stable values in memory and repeats every change from its file at the next start. It survives the end
// of the process, not that of the machine.
type store struct {
	*raft.InmemStore
	file *os.File
}

// change is one line of the file; a set has a key, a removal has a last index.
type change struct {
	Logs  []*raft.Log `json:",omitempty"`
	Min   uint64      `json:",omitempty"`
	Max   uint64      `json:",omitempty"`
	Key   []byte      `json:",omitempty"`
	Value []byte      `json:",omitempty"`
	Int   *uint64     `json:",omitempty"`
}

func openStore(name string) (*store, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	s := &store{raft.NewInmemStore(), file}
	decoder := json.NewDecoder(bufio.NewReader(file))
	for {
		var c change
		if err := decoder.Decode(&c); err != nil {
			// The last line may be the half of one.
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return s, nil
			}
			return nil, err
		}
		if err := s.apply(&c); err != nil {
			return nil, err
		}
	}
}

func (s *store) StoreLog(log *raft.Log) error { return s.StoreLogs([]*raft.Log{log}) }

func (s *store) StoreLogs(logs []*raft.Log) error { return s.keep(&change{Logs: logs}) }

func (s *store) DeleteRange(min, max uint64) error { return s.keep(&change{Min: min, Max: max}) }

func (s *store) Set(key, value []byte) error { return s.keep(&change{Key: key, Value: value}) }

func (s *store) SetUint64(key []byte, value uint64) error {
	return s.keep(&change{Key: key, Int: &value})
}

func (s *store) keep(c *change) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return s.apply(c)
}

func (s *store) apply(c *change) error {
	switch {
	case c.Int != nil:
		return s.InmemStore.SetUint64(c.Key, *c.Int)
	case c.Key != nil:
		return s.InmemStore.Set(c.Key, c.Value)
	case c.Max != 0:
		return s.InmemStore.DeleteRange(c.Min, c.Max)
	}
	return s.InmemStore.StoreLogs(c.Logs)
}
