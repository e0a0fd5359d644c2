package io.anyserve.standalone.simulation;

/**
 * The rules that a run plays by, to show that each of them is needed.
 *
 * @param fenced readers apply the product's fold; else they take whatever comes
 * @param brokerForgets a failing broker forgets deliveries that were under way, some even of before
 * @param contestedRescued the router publishes a request again that does not end although a run
 *     that does not count wrote a Started or a terminal event; not only those of workers whose
 *     announcements stopped
 */
record Rules(boolean fenced, boolean brokerForgets, boolean contestedRescued) {

  static final Rules ALL = new Rules(true, true, true);
  static final Rules UNFENCED = new Rules(false, true, true);
  static final Rules CONTESTED_LEFT = new Rules(true, true, false);
  static final Rules STEADY_BROKER = new Rules(true, false, false);
}
