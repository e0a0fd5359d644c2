package io.anyserve.chaos.client;

/** Knows what each content must be answered with; the same at every call. */
@FunctionalInterface
public interface ExpectedOutputs {

  ExpectedOutput of(PromptSpec content);
}
