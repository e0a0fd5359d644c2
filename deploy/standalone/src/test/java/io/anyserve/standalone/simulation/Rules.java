package io.anyserve.standalone.simulation;

/**
 * The rules that a run plays by, to show that each of them is needed.
 *
 * @param fenced readers apply the product's fold; else they take whatever comes
 * @param brokerForgets a failing broker forgets deliveries that were under way, some even of before
 * @param stalledRescued the router publishes a request again that has not ended although nobody
 *     works on it any more, not only those of workers whose announcements stopped
 */
record Rules(boolean fenced, boolean brokerForgets, boolean stalledRescued) {

  static final Rules ALL = new Rules(true, true, true);
  static final Rules UNFENCED = new Rules(false, true, true);
  static final Rules STALLED_LEFT = new Rules(true, true, false);
  static final Rules STEADY_BROKER = new Rules(true, false, false);
}
