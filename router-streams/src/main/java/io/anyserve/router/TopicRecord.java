package io.anyserve.router;

import org.jspecify.annotations.Nullable;

/** What the results write: a value and its topic. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TopicRecord(String topic, byte @Nullable [] bytes) {}
