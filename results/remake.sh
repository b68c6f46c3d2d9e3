#!/bin/sh
# Remakes the reference results. Needs a built tree: npm run build.
set -eu
cd "$(dirname "$0")/.."
troupe() { node dist/harness/cli/main.js "$@"; }

troupe sweep call-cost --out results/call-cost --fresh
troupe sweep call-latency --out results/call-latency --fresh
troupe sweep call-latency --members 3 --collator unanimous,first-come,majority --loss 0,0.01,0.05,0.1,0.15,0.2 --patience 5 \
  --out results/call-loss --fresh
troupe sweep availability --out results/availability --fresh
troupe sweep availability --trace data/lanl-failures.csv --system 20 --nodes 512 --members 1..3 --replacement 400s --troupes 150 \
  --replications 100 --out results/availability-lanl --fresh
troupe sweep required-replacement --out results/required-replacement --fresh
troupe sweep replacement --out results/replacement --fresh
troupe sweep replacement --trace data/lanl-failures.csv --system 20 --nodes 512 --members 1..3 --policy eager,none --replacement 1h \
  --horizon 0s --troupes 100 --replications 30 --calls 0 --out results/replacement-lanl --fresh
troupe run real-versus-simulated --members 1..5 --replications 4 --calls 1000 --out results/real-versus-simulated --fresh
troupe sweep partition --out results/partition --fresh
troupe sweep partition --collator first-come --binding ringmaster --ringmasters 4 --ringmasterSide majority,split,minority \
  --cut 20s,30s,35s,40s,50s,60s --rate 4 --replications 10 --out results/partition-length --fresh
troupe sweep reconfiguration --replications 6 --out results/reconfiguration --fresh
troupe run reconfiguration --change join,leave,crash --out results/reconfiguration-changes --fresh
troupe sweep detection --out results/detection --fresh
troupe sweep nines --out results/nines --fresh
troupe sweep commit-conflict --out results/commit-conflict --fresh
troupe sweep commit-throughput --out results/commit-throughput --fresh
troupe sweep divergence --out results/divergence --fresh
troupe sweep nested-transactions --out results/nested-transactions --fresh
troupe sweep configuration --out results/configuration --fresh
