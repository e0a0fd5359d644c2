package io.anyserve.loadtest.faults.traffic;

/** What the engine alone writes for a request. */
public record Answer(String text, long promptTokens, long tokens) {}
