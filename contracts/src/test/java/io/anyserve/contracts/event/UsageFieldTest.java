package io.anyserve.contracts.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.event.LedgerEntry.Volume;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every amount is in every place that names each amount for itself. */
final class UsageFieldTest {

  private static final UsageTotals DIFFERENT =
      new UsageTotals(
          1,
          2,
          3,
          new TokenUsage(40, 5, 6),
          7,
          new Volume(8, 9),
          Duration.of(10, ChronoUnit.MICROS),
          11,
          12,
          LatencyHistogram.EMPTY,
          LatencyHistogram.EMPTY);
  private static final List<Long> AMOUNTS =
      List.of(1L, 2L, 3L, 40L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);

  @Test
  void protobufHasTheSameNamesInTheSameOrder() {
    List<String> names =
        io.anyserve.v1.UsageTotals.getDescriptor().getFields().stream()
            .filter(field -> !field.isRepeated())
            .map(FieldDescriptor::getName)
            .toList();
    assertEquals(names, UsageField.ALL.stream().map(UsageField::wireName).toList());
  }

  @Test
  void eachFieldIsItsOwnAmount() {
    assertEquals(AMOUNTS, amounts(DIFFERENT));
  }

  @Test
  void protobufCarriesEachAmountInItsField() {
    io.anyserve.v1.UsageTotals message = UsageAggregateCodec.write(DIFFERENT);
    for (UsageField field : UsageField.ALL) {
      FieldDescriptor inMessage = message.getDescriptorForType().findFieldByName(field.wireName());
      assertEquals(field.of(DIFFERENT), message.getField(inMessage), field.wireName());
    }
    assertEquals(AMOUNTS, amounts(UsageAggregateCodec.read(message)));
  }

  @Test
  void sumsAddEachAmount() {
    List<Long> twice = AMOUNTS.stream().map(amount -> 2 * amount).toList();
    assertEquals(twice, amounts(DIFFERENT.plus(DIFFERENT)));
  }

  @Test
  void anEntryHasAllButTheCountsOfRequests() {
    assertEquals(
        List.of(
            "prompt_tokens",
            "completion_tokens",
            "cached_tokens",
            "chunks",
            "bytes_in",
            "bytes_out",
            "engine_micros",
            "cost_micros"),
        UsageField.OF_ENTRY.stream().map(UsageField::wireName).toList());
  }

  private static List<Long> amounts(UsageTotals totals) {
    return UsageField.ALL.stream().map(field -> field.of(totals)).toList();
  }
}
