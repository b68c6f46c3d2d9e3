"""Hold model on SimPy: each event schedules another one at now + Exp(1); a constant number is pending.

Usage: simpy_hold.py callbacks|processes PENDING EVENTS. Prints events, CPU seconds and peak memory as JSON.
"""

import json
import math
import random
import resource
import sys
import time

import simpy

style, pending, events = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
env = simpy.Environment()
uniform = random.Random(1).random
left = 0
done = None


def count():
    global left
    left -= 1
    if left == 0:
        done.succeed()


def fire(_event):
    count()
    env.timeout(-math.log(1 - uniform())).callbacks.append(fire)


def process():
    while True:
        yield env.timeout(-math.log(1 - uniform()))
        count()


def run(n):
    global left, done
    left = n
    done = env.event()
    env.run(done)


for _ in range(pending):
    if style == "callbacks":
        env.timeout(-math.log(1 - uniform())).callbacks.append(fire)
    else:
        env.process(process())
run(pending)
start = time.process_time()
run(events)
print(
    json.dumps(
        {
            "operations": events,
            "cpuSeconds": time.process_time() - start,
            "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
