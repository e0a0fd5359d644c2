package io.anyserve.loadtest.faults.traffic;

/** Knows what each content must be answered with; the same at every call. */
@FunctionalInterface
public interface Answers {

  Answer of(Content content);
}
