"""Serves a model's GGUF file with llama.cpp on a free loopback port, until standard input ends."""

from __future__ import annotations

import sys

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.model_alias = {"smollm2"}
parameters.n_ctx = 8192  # what the model was trained with
# One thread: with more, each token waits for the slowest, which on a busy machine takes far longer.
parameters.cpuparams.n_threads = 1
parameters.cpuparams_batch.n_threads = 1
parameters.sampling.seed = 0  # else every run samples other designs
# Else so small a model repeats itself without end where nothing bounds a text. (Ollama's is 1.1.)
parameters.sampling.penalty_repeat = 1.15
parameters.sampling.penalty_last_n = 128
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
