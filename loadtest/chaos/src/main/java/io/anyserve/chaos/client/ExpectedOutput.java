package io.anyserve.chaos.client;

/** What the engine alone writes for a request. */
public record ExpectedOutput(String text, long promptTokens, long tokens) {}
