package io.anyserve.metering.ledger;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.metering.aggregate.LedgerEntryValidator;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The ledger entry as a CloudEvents 1.0 event in the binary mode of its Kafka binding: the
 * attributes are headers, the id is the request's.
 */
public final class LedgerHeaders {

  static final String TYPE = LedgerEntryValidator.TYPE;
  static final String SOURCE = "/anyserve/metering";

  private static final byte[] TYPE_BYTES = bytes(TYPE);
  private static final byte[] SOURCE_BYTES = bytes(SOURCE);
  private static final byte[] VERSION_BYTES = bytes("1.0");
  private static final byte[] PROTOBUF_BYTES = bytes("application/protobuf");

  private LedgerHeaders() {}

  public static Headers of(LedgerEntry entry) {
    return new RecordHeaders()
        .add("ce_specversion", VERSION_BYTES)
        .add("ce_type", TYPE_BYTES)
        .add("ce_source", SOURCE_BYTES)
        .add("ce_id", bytes(entry.request().toString()))
        .add("ce_time", bytes(entry.times().endedAt().toString()))
        .add("content-type", PROTOBUF_BYTES);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
