package io.anyserve.standalone.simulation;

/**
 * The rules that a run plays by, to show that each of them is needed.
 *
 * @param fenced readers apply the product's fold; else they take whatever comes
 * @param brokerForgets a failing broker forgets deliveries that were under way, some even of before
 * @param contestedRecovered the router publishes a request again that does not end although a run
 *     that does not count wrote a Started or a terminal event; not only those of workers whose
 *     announcements stopped
 * @param bound what counts against a request
 * @param workersFail processes die, freeze and lose what they write; else only what is nobody's
 *     fault happens: locks run out, work is handed over, alarms are false, a broker forgets
 */
record Rules(
    boolean fenced,
    boolean brokerForgets,
    boolean contestedRecovered,
    Limit bound,
    boolean workersFail) {

  /** What ends a request that is tried again and again. */
  enum Limit {
    /** Runs of which the log shows that they failed. */
    FAILED_EXECUTIONS,
    /** Every time that it is handed out. */
    DELIVERIES
  }

  private static final int ATTEMPTS = 3;

  static final Rules ALL = new Rules(true, true, true, Limit.FAILED_EXECUTIONS, true);
  static final Rules UNFENCED = new Rules(false, true, true, Limit.FAILED_EXECUTIONS, true);
  static final Rules CONTESTED_LEFT = new Rules(true, true, false, Limit.FAILED_EXECUTIONS, true);
  static final Rules STEADY_BROKER = new Rules(true, false, false, Limit.FAILED_EXECUTIONS, true);
  static final Rules HARMLESS = new Rules(true, true, true, Limit.FAILED_EXECUTIONS, false);
  static final Rules DELIVERIES_COUNT = new Rules(true, true, true, Limit.DELIVERIES, false);

  /**
   * Of one request that may fail in a row. While nothing fails no more runs of it can be without a
   * sign of life than the fleet has slots.
   */
  int attempts() {
    return workersFail ? ATTEMPTS : Fleet.SIZE * SimulatedWorker.SLOTS;
  }
}
