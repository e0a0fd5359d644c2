package io.anyserve.ingress.openai;

import io.anyserve.v1.Inference;

/**
 * What a client asks the tokenizer of a model.
 *
 * @param model as asked for
 * @param kind says how the client names the input
 */
public record TokenizationCall(String model, CompletionKind kind, Inference request) {}
