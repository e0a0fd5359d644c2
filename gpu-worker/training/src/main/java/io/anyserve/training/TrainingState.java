package io.anyserve.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * All that training has changed after a number of steps, so that a run which was stopped can go on.
 *
 * @param steps steps done
 * @param weights the values of each weight, in the order of {@link WeightSpec#all}
 * @param first AdamW's running mean of each gradient
 * @param second AdamW's running mean of each squared gradient
 */
record TrainingState(int steps, List<float[]> weights, List<float[]> first, List<float[]> second) {

  static TrainingState fresh(List<WeightSpec> specs, RandomGenerator random) {
    return new TrainingState(
        0,
        specs.stream().map(spec -> spec.firstValues(random)).toList(),
        specs.stream().map(spec -> new float[spec.size()]).toList(),
        specs.stream().map(spec -> new float[spec.size()]).toList());
  }

  /** Reads what {@link #write} wrote for the same shape. */
  static TrainingState read(Path file, List<WeightSpec> specs) throws IOException {
    long expected = Integer.BYTES + 3L * Float.BYTES * WeightSpec.count(specs);
    if (Files.size(file) != expected) {
      throw new IOException(file + ": " + Files.size(file) + " bytes (expected: " + expected + ")");
    }
    try (var input = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      int steps = input.readInt();
      return new TrainingState(
          steps, arrays(input, specs), arrays(input, specs), arrays(input, specs));
    }
  }

  void write(Path file) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try (var output =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(partial)))) {
      output.writeInt(steps);
      for (List<float[]> arrays : List.of(weights, first, second)) {
        for (float[] array : arrays) {
          write(array, output);
        }
      }
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<float[]> arrays(DataInputStream input, List<WeightSpec> specs)
      throws IOException {
    var arrays = new ArrayList<float[]>();
    for (WeightSpec spec : specs) {
      var array = new float[spec.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = input.readFloat();
      }
      arrays.add(array);
    }
    return arrays;
  }

  private static void write(float[] array, DataOutputStream output) throws IOException {
    for (float value : array) {
      output.writeFloat(value);
    }
  }
}
