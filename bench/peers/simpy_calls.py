"""Timers and datagrams of replicated calls on SimPy: ten closed-loop clients, three servers each.

A call sends a datagram to each server and sets a retransmission timer for it; the reply cancels the timer, and the
third reply starts the next call. SimPy has no way to cancel an event: callbacks leave the timer's callback list empty,
processes wait for whichever of reply and timer comes first.

Usage: simpy_calls.py callbacks|processes CALLS. Prints calls, CPU seconds and peak memory as JSON.
"""

import json
import random
import resource
import sys
import time

import simpy

style, calls = sys.argv[1], int(sys.argv[2])
env = simpy.Environment()
uniform = random.Random(1).random
left = 0
done = None


def count():
    global left
    left -= 1
    if left == 0:
        done.succeed()


def retransmit(_event):
    raise RuntimeError("no datagram is lost here")


class Client:
    def __init__(self):
        self.missing = 0
        self.timers = [None, None, None]

    def call(self):
        self.missing = 3
        for server in range(3):
            env.timeout(1 + uniform()).callbacks.append(lambda _event, server=server: self.request(server))
            self.timers[server] = env.timeout(100)
            self.timers[server].callbacks.append(retransmit)

    def request(self, server):
        env.timeout(1 + uniform()).callbacks.append(lambda _event: self.reply(server))

    def reply(self, server):
        self.timers[server].callbacks.clear()
        self.missing -= 1
        if self.missing == 0:
            count()
            self.call()


def exchange():
    """One datagram there and back, guarded by a timer."""
    reply = env.event()
    env.process(server(reply))
    timer = env.timeout(100)
    yield reply | timer
    if not reply.triggered:
        retransmit(None)


def server(reply):
    yield env.timeout(1 + uniform())
    yield env.timeout(1 + uniform())
    reply.succeed()


def client():
    while True:
        yield env.all_of([env.process(exchange()) for _ in range(3)])
        count()


def run(n):
    global left, done
    left = n
    done = env.event()
    env.run(done)


for _ in range(10):
    if style == "callbacks":
        Client().call()
    else:
        env.process(client())
run(calls // 10)
start = time.process_time()
run(calls)
print(
    json.dumps(
        {
            "operations": calls,
            "cpuSeconds": time.process_time() - start,
            "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
