package io.anyserve.standalone.simulation;

import java.util.List;

/** What goes wrong in a run, and what keeps it going; as often as it is called. */
record Faults(
    Rules rules,
    Dice dice,
    RequestQueue queue,
    Fleet fleet,
    Rescue rescue,
    Ledger ledger,
    List<StreamReader> readers,
    List<Order> orders,
    Trace trace) {

  /** One that the dice choose; some change nothing. */
  void strike() {
    int which = dice.below(13);
    trace.add(() -> "fault " + which);
    switch (which) {
      case 0 -> fleet.any().die();
      case 1, 2 -> fleet.any().freeze();
      case 3 -> fleet.any().thaw();
      case 4 -> queue.expireOne();
      case 5 -> fleet.any().renew();
      case 6 -> forget();
      case 7 -> fleet.any().loseRecords();
      case 8 -> rescue.ofSilent(fleet::silent);
      case 9 -> ledger.abort();
      case 10 -> dice.oneOf(readers).restart();
      case 11 -> cancel();
      default -> fleet.replace();
    }
  }

  private void forget() {
    if (rules.brokerForgets()) {
      queue.crash();
    }
  }

  private void cancel() {
    if (dice.percent(30)) {
      fleet.cancel(dice.oneOf(orders).id());
    }
  }
}
