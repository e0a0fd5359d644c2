package io.anyserve.standalone.simulation;

import java.util.List;

/** What goes wrong in a run, and what keeps it going; as often as it is called. */
record Faults(
    Rules rules,
    Dice dice,
    RequestQueue queue,
    Fleet fleet,
    RequeueRules recovery,
    Ledger ledger,
    List<StreamReader> readers,
    List<Order> orders,
    Trace trace) {

  /** One that the dice choose; some change nothing. */
  void strike() {
    if (!rules.workersFail()) {
      strikeHarmlessly();
      return;
    }
    int which = dice.below(13);
    trace.add(() -> "fault " + which);
    switch (which) {
      case 0 -> fleet.any().die();
      case 1, 2 -> fleet.any().freeze();
      case 3 -> fleet.any().thaw();
      case 4 -> queue.expireOne();
      case 5 -> fleet.any().verify();
      case 6 -> forget();
      case 7 -> loseOrHandOver();
      case 8 -> recovery.ofSilent(fleet::silent);
      case 9 -> ledger.abort();
      case 10 -> dice.oneOf(readers).restart();
      case 11 -> cancel();
      default -> fleet.replace();
    }
  }

  /** What says nothing about a request. */
  private void strikeHarmlessly() {
    int which = dice.below(9);
    trace.add(() -> "harmless fault " + which);
    switch (which) {
      case 0, 1 -> fleet.any().handOver();
      case 2, 3 -> queue.expireOne();
      case 4 -> fleet.any().verify();
      case 5 -> forget();
      case 6, 7 -> recovery.ofSilent(_ -> dice.percent(50));
      default -> ledger.abort();
    }
  }

  private void forget() {
    if (rules.brokerForgets()) {
      queue.crash();
    }
  }

  private void loseOrHandOver() {
    if (dice.percent(50)) {
      fleet.any().loseRecords();
    } else {
      fleet.any().handOver();
    }
  }

  private void cancel() {
    if (dice.percent(30)) {
      fleet.cancel(dice.oneOf(orders).id());
    }
  }
}
