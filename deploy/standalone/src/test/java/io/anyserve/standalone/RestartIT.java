package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.v1.SessionUsage;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on disk outlives the process. */
final class RestartIT {

  @TempDir Path data;

  @Test
  void usageSurvivesARestartAndGoesOn() throws Exception {
    SessionUsage before;
    try (RunningServices services = RunningServices.simulated(data)) {
      services.stream(
          RunningServices.inference("story", "kept", RunningServices.text("first life"), 8));
      before = services.usage("kept", 1);
    }
    try (RunningServices services = RunningServices.simulated(data)) {
      assertEquals(before, services.usage("kept", 1));
      services.stream(
          RunningServices.inference("story", "kept", RunningServices.text("second life"), 8));
      assertEquals(16, services.usage("kept", 2).getCompletionTokens());
    }
  }
}
