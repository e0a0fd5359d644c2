package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.cli.options.Bytes;
import java.util.List;

/** Whether there is memory for everything in one process. */
final class MemoryCheck implements Check {

  /** What {@code up} had resident with the shipped model, without its weights. */
  private static final long RESIDENT_BYTES = 529L << 20;

  private final MemorySize memory;
  private final long modelBytes;

  /**
   * @param modelBytes of the model's weights; 0 without one
   */
  MemoryCheck(MemorySize memory, long modelBytes) {
    this.memory = memory;
    this.modelBytes = modelBytes;
  }

  @Override
  public String name() {
    return "Memory";
  }

  @Override
  public List<Advice> findings() {
    long needed = RESIDENT_BYTES + modelBytes;
    if (memory.usable().isEmpty()) {
      return List.of(
          new Note(
              "this system does not say how much memory is free",
              "One process needs " + Bytes.text(needed) + "."));
    }
    long usable = memory.usable().getAsLong();
    String text =
        "%s usable%s, one process needs %s"
            .formatted(
                Bytes.text(usable),
                memory.limited() ? " (limit of the control group)" : "",
                Bytes.text(needed));
    if (usable < needed) {
      return List.of(new Problem(text, "Free memory, raise the limit, or serve a smaller model."));
    }
    return List.of(
        usable < 2 * needed
            ? new Note(text, "Long prompts and many streams need more.")
            : new Ok(text));
  }
}
