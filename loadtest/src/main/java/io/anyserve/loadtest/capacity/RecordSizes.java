package io.anyserve.loadtest.capacity;

/**
 * Bytes on disk, one replica.
 *
 * @param request of a record of a request, beside the prompt
 * @param usage of what metering writes for a request to {@code usage}
 * @param quotas of a request in {@code quotas}
 * @param record of a record of {@code tokens}
 * @param chunk in such a record
 * @param client of a chunk to its caller
 */
public record RecordSizes(
    double request, double usage, double quotas, double record, double chunk, double client) {

  /** Of {@code ./anyserve bench costs}; docs/scaling.md says when and where. */
  public static final RecordSizes MEASURED = new RecordSizes(400, 600, 0, 120, 45, 80);
}
