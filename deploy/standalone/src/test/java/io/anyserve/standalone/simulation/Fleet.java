package io.anyserve.standalone.simulation;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The workers, those of before included; a dead one is replaced. */
final class Fleet {

  static final int SIZE = 3;

  private final SimulatedWorker.Dependencies around;
  private final Consumer<Actor> stage;
  private final List<SimulatedWorker> workers = new ArrayList<>();

  /**
   * @param stage takes those who act
   */
  Fleet(SimulatedWorker.Dependencies around, Consumer<Actor> stage) {
    this.around = around;
    this.stage = stage;
    replace();
  }

  /** Dead workers come back as new ones. */
  void replace() {
    for (long standing = workers.stream().filter(worker -> !worker.dead()).count();
        standing < SIZE;
        standing++) {
      var wire = new Wire(around.log(), around.dice(), around.dice().percent(30) ? 10 : 0);
      var worker = new SimulatedWorker(new WorkerId("w" + workers.size()), around, wire);
      workers.add(worker);
      stage.accept(wire);
      stage.accept(worker);
    }
  }

  SimulatedWorker any() {
    return around.dice().oneOf(workers);
  }

  void thawAll() {
    workers.forEach(SimulatedWorker::thaw);
  }

  void cancel(RequestId request) {
    workers.forEach(worker -> worker.cancel(request, CancelReason.EXPLICIT));
  }

  /** Its announcements have stopped. */
  boolean silent(WorkerId id) {
    return workers.stream().noneMatch(worker -> worker.id().equals(id) && worker.announced());
  }
}
