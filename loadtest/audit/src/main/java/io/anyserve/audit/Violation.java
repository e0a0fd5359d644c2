package io.anyserve.audit;

/**
 * One thing that is not as it must be.
 *
 * @param ask index of the request, {@link #NOBODY} where no caller knows of it, {@link #PLANTED}
 *     where the suite wrote it to do harm
 * @param what for people
 * @param amount tokens of a drift, else 1
 */
public record Violation(ViolationType harm, int ask, String what, long amount) {

  public static final int NOBODY = -1;
  public static final int PLANTED = -2;

  public static Violation of(ViolationType harm, int ask, String what) {
    return new Violation(harm, ask, what, 1);
  }
}
