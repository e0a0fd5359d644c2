package io.anyserve.loadtest.capacity;

/**
 * Bytes on disk, one replica.
 *
 * @param request of a record of a request, beside the prompt
 * @param ends of the events at the beginning and the end of a request in {@code tokens}
 * @param record of {@code tokens}
 * @param chunk in such a record
 * @param usage of the ledger entry of a request
 * @param aggregates of a request in the compacted topics of metering
 */
public record RecordSizes(
    double request, double ends, double record, double chunk, double usage, double aggregates) {

  /** Of {@code ./anyserve bench costs}; docs/scaling.md says when and where. */
  public static final RecordSizes MEASURED = new RecordSizes(160, 159, 19, 47, 382, 240);
}
