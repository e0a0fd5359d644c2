package io.anyserve.router.streams;

import org.jspecify.annotations.Nullable;

/** A value that the results application writes, and its topic. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TopicRecord(String topic, byte @Nullable [] bytes) {}
