package io.anyserve.router.streams;

import org.jspecify.annotations.Nullable;

/** What the results write: a value and its topic. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TopicRecord(String topic, byte @Nullable [] bytes) {}
