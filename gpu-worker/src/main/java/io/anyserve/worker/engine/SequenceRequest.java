package io.anyserve.worker.engine;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.sampling.GenerationParameters;

/**
 * One sequence to run.
 *
 * @param executionId names the sequence in all calls
 * @param tenant whose prompts may share what is computed of them; nobody else's may, as time would
 *     tell what others ask
 * @param input content itself, never a reference
 * @param written tokens of earlier attempts: the answer goes on behind them, and the text of what
 *     follows is the same as if it had never been interrupted
 */
public record SequenceRequest(
    long executionId,
    TenantId tenant,
    Payload input,
    GenerationParameters parameters,
    TokenIds written) {}
