package io.anyserve.loadtest.capacity;

/**
 * Something that more processes do not help.
 *
 * @param value that the load needs
 * @param bound that it may have
 * @param remedy what does help
 */
public record CapacityBound(String name, double value, double bound, String remedy) {

  /** Of the bound. */
  public double share() {
    return value / bound;
  }

  public boolean exceeded() {
    return value > bound;
  }
}
