package io.anyserve.loadtest.capacity;

/**
 * Processor time that one kind of process takes, in microseconds.
 *
 * @param request for each request, with what is written about it but tokens
 * @param record for each record of {@code tokens}
 * @param chunk for each chunk in these records, beside the record's own
 */
public record ProcessCosts(double request, double record, double chunk) {

  public ProcessCosts {
    require("request", request);
    require("record", record);
    require("chunk", chunk);
  }

  private static void require(String name, double micros) {
    if (!(micros >= 0)) {
      throw new IllegalArgumentException(name + ": " + micros + " (expected: >= 0)");
    }
  }

  /** Of records and the chunks in them. */
  public double ofTokens(double records, double chunks) {
    return records * record + chunks * chunk;
  }
}
