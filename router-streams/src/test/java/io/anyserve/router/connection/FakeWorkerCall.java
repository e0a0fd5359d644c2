package io.anyserve.router.connection;

import java.util.ArrayList;
import java.util.List;

/** A call that keeps what the worker is told on it. */
public final class FakeWorkerCall implements WorkerCall {

  private final long number;
  private final List<SupersededAttempt> told = new ArrayList<>();

  public FakeWorkerCall(long number) {
    this.number = number;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public void republished(List<SupersededAttempt> attempts) {
    told.addAll(attempts);
  }

  List<SupersededAttempt> told() {
    return told;
  }
}
