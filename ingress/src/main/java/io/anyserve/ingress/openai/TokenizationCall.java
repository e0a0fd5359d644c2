package io.anyserve.ingress.openai;

import io.anyserve.v1.Inference;

/**
 * What a client asks the tokenizer of a model.
 *
 * @param model as asked for
 * @param names of its parameters
 */
public record TokenizationCall(String model, ParameterNames names, Inference request) {}
