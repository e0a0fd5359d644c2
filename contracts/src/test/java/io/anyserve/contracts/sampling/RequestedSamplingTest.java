package io.anyserve.contracts.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestedSamplingTest {

  private static final SamplingDefaults MODEL =
      new SamplingDefaults(0.7, 0.95, 20, new Penalties(0.5, -0.25));

  @Test
  void whatIsLeftOutComesFromTheModel() {
    assertEquals(
        new SamplingParams(0.7, 0.95, 20, 9, new Penalties(0.5, -0.25)),
        RequestedSampling.seeded(9).resolve(MODEL));
  }

  @Test
  void whatIsGivenStandsWhateverTheModelSays() {
    var greedy = new SamplingParams(0, 1, 0, 9);
    assertEquals(greedy, RequestedSampling.of(greedy).resolve(MODEL));
  }

  @Test
  void eachFieldIsDecidedByItself() {
    assertEquals(
        new SamplingParams(0, 0.95, 20, 1, new Penalties(0.5, -0.25)),
        requested(OptionalDouble.of(0), OptionalDouble.empty(), OptionalInt.empty()));
    assertEquals(
        new SamplingParams(0.7, 1, 20, 1, new Penalties(0.5, -0.25)),
        requested(OptionalDouble.empty(), OptionalDouble.of(1), OptionalInt.empty()));
    assertEquals(
        new SamplingParams(0.7, 0.95, 0, 1, new Penalties(0.5, -0.25)),
        requested(OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.of(0)));
  }

  @Test
  void penaltiesAreDecidedEachByItself() {
    var none = OptionalDouble.empty();
    var zero = OptionalDouble.of(0);
    assertEquals(
        new Penalties(0, -0.25),
        new RequestedSampling(none, none, OptionalInt.empty(), zero, none, 1)
            .resolve(MODEL)
            .penalties());
    assertEquals(
        new Penalties(0.5, 0),
        new RequestedSampling(none, none, OptionalInt.empty(), none, zero, 1)
            .resolve(MODEL)
            .penalties());
  }

  @Test
  void aModelThatSaysNothingChangesNothing() {
    assertEquals(
        new SamplingParams(1, 1, 0, 3),
        RequestedSampling.seeded(3).resolve(SamplingDefaults.NEUTRAL));
  }

  @ParameterizedTest
  @CsvSource({
    "2.1, 1, 0, 0, 'temperature: 2.1 (expected: 0 to 2.0)'",
    "NaN, 1, 0, 0, 'temperature: NaN (expected: 0 to 2.0)'",
    "1, 0, 0, 0, 'top_p: 0.0 (expected: above 0, at most 1)'",
    "1, 1, 1001, 0, 'top_k: 1001 (expected: 0 to 1000)'",
    "1, 1, 0, -2.5, 'presence_penalty: -2.5 (expected: -2.0 to 2.0)'"
  })
  void refusesWhatNoEngineTakes(
      double temperature, double topP, int topK, double presence, String message) {
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new RequestedSampling(
                    OptionalDouble.of(temperature),
                    OptionalDouble.of(topP),
                    OptionalInt.of(topK),
                    OptionalDouble.of(presence),
                    OptionalDouble.empty(),
                    0));
    assertEquals(message, refused.getMessage());
  }

  private static SamplingParams requested(
      OptionalDouble temperature, OptionalDouble topP, OptionalInt topK) {
    return new RequestedSampling(
            temperature, topP, topK, OptionalDouble.empty(), OptionalDouble.empty(), 1)
        .resolve(MODEL);
  }
}
