package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.RequestResult;
import io.anyserve.router.ResultsTask;
import java.util.ArrayList;
import java.util.List;

/** The router's results. */
final class Results implements Actor {

  private final TokenTopicModel log;
  private final ResultsTask task;
  private final List<RequestResult> results = new ArrayList<>();
  private long next;

  Results(TokenTopicModel log, ResultsTask task) {
    this.log = log;
    this.task = task;
  }

  @Override
  public boolean ready() {
    return next < log.end();
  }

  @Override
  public void step() {
    Entry entry = log.at(next++);
    task.process(entry.key(), entry.value(), entry.timestamp());
  }

  /** All so far. */
  List<RequestResult> all() {
    results.addAll(task.results());
    return results;
  }
}
