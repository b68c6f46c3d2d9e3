// Judges the history of programs/histories.ts, kind "registers". Usage: porcupine OPERATIONS.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"syscall"

	"github.com/anishathalye/porcupine"
)

var seed int32 = 1985

func draw() int {
	seed = (seed*1103515245 + 12345) & 0x7fffffff
	return int(seed >> 8)
}

type span struct{ client, begun, moment, ended int }

func spans(count int) []span {
	var free [10]int
	all := make([]span, 0, count)
	for i := 0; i < count; i++ {
		client := i % 10
		begun := free[client] + draw()%50
		length := 1 + draw()%100
		all = append(all, span{client, begun, begun + draw()%length, begun + length})
		free[client] = begun + length + 1
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].moment < all[b].moment })
	return all
}

type call struct {
	object int
	reads  bool
	value  int
}

var model = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		parts := map[int][]porcupine.Operation{}
		for _, each := range history {
			object := each.Input.(call).object
			parts[object] = append(parts[object], each)
		}
		list := make([][]porcupine.Operation, 0, len(parts))
		for _, part := range parts {
			list = append(list, part)
		}
		return list
	},
	Init: func() interface{} { return 0 },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		made := input.(call)
		if made.reads {
			return output.(int) == state.(int), state
		}
		return true, made.value
	},
}

func history(count int) []porcupine.Operation {
	operations := make([]porcupine.Operation, 0, count)
	written := 0
	for object := 0; object < 1000; object++ {
		value := 0
		for _, each := range spans(count / 1000) {
			reads := draw()%2 == 0
			if !reads {
				written++
				value = written
			}
			operations = append(operations, porcupine.Operation{
				ClientId: each.client, Input: call{object, reads, value}, Output: value,
				Call: int64(each.begun), Return: int64(each.ended),
			})
		}
	}
	return operations
}

func usage() (float64, float64) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime), float64(used.Maxrss) / 1024
}

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	operations := history(count)
	before, _ := usage()
	if !porcupine.CheckOperations(model, operations) {
		panic("not linearizable")
	}
	after, peak := usage()
	text, _ := json.Marshal(map[string]float64{
		"operations": float64(count), "cpuSeconds": after - before, "peakMiB": peak,
	})
	fmt.Println(string(text))
}
