package io.anyserve.worker.torch.precision;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The precision that an operator asks for. */
public sealed interface PrecisionSetting {

  /** What {@link PrecisionChoice} finds for the machine. */
  PrecisionSetting AUTO = new Auto();

  /** The machine's own choice. */
  record Auto() implements PrecisionSetting {

    @Override
    public String toString() {
      return "auto";
    }
  }

  /** This one or none. */
  record Named(Precision precision) implements PrecisionSetting {

    @Override
    public String toString() {
      return precision.text();
    }
  }

  /**
   * The setting as configurations write it, in any case.
   *
   * @throws IllegalArgumentException naming what is known
   */
  static PrecisionSetting parse(String text) {
    if (text.equalsIgnoreCase(AUTO.toString())) {
      return AUTO;
    }
    return Precision.named(text)
        .<PrecisionSetting>map(Named::new)
        .orElseThrow(
            () ->
                new IllegalArgumentException('"' + text + "\" (expected: auto, " + names() + ")"));
  }

  /** Every value: the machine's own choice, then each precision. */
  static List<PrecisionSetting> all() {
    return Stream.<PrecisionSetting>concat(
            Stream.of(AUTO), Arrays.stream(Precision.values()).map(Named::new))
        .toList();
  }

  private static String names() {
    return Arrays.stream(Precision.values()).map(Precision::text).collect(Collectors.joining(", "));
  }
}
