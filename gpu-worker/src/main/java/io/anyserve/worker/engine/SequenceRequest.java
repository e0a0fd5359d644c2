package io.anyserve.worker.engine;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.sampling.GenerationParameters;

/**
 * One sequence to run.
 *
 * @param executionId names the sequence in all calls
 * @param input content itself, never a reference
 * @param written tokens of earlier attempts: the answer goes on behind them, and the text of what
 *     follows is the same as if it had never been interrupted
 */
public record SequenceRequest(
    long executionId, Payload input, GenerationParameters parameters, TokenIds written) {}
