#!/bin/bash
#SBATCH --job-name=cifar10
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
# A minute before the time is up, so that the program can say where it stopped:
#SBATCH --signal=B:TERM@60

# The reproduction in an array of as many shards as it has tasks, from the root of a checkout that all nodes see:
#
#   npm ci && npm run build:examples
#   sbatch --export=ALL,RESULTS=/shared/results,XDG_CACHE_HOME=/shared/cache examples/cifar10/cluster/slurm.sh
#
# A task that was stopped or killed goes on where it was when it is started anew: scontrol requeue JOB_TASK, or the command
# above with --array=TASK and, behind ALL, SHARDS=8.
# What is passed behind the script goes to the command: --rows, --seeds …
# At the end: npm run cifar10 -- report --results /shared/results/*.jsonl
set -euo pipefail
: "${RESULTS:?the folder for the results, which all nodes see}"

exec node --import tsx examples/cifar10/main.ts reproduce --only tables \
  --shard "$SLURM_ARRAY_TASK_ID/${SHARDS:-$SLURM_ARRAY_TASK_COUNT}" \
  --jobs "${SLURM_CPUS_PER_TASK:-1}" \
  --results "$RESULTS/cifar10-tables.jsonl" "$@"
