package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import java.util.List;
import java.util.Optional;

/** The JDK that runs this, and Maven where something has to be built. */
final class JavaCheck implements Check {

  private static final int NEEDED = 25;

  private final Jdk jdk;
  private final Maven maven;

  /** A Java runtime. */
  record Jdk(int feature, String version, String vendor) {

    static Jdk ofThisProcess() {
      return new Jdk(
          Runtime.version().feature(),
          Runtime.version().toString(),
          System.getProperty("java.vendor", "unknown vendor"));
    }
  }

  /**
   * What builds the sources.
   *
   * @param needed whether sources are here that can become newer than what was built
   * @param version what {@code mvnw -v} says first; empty where it fails
   */
  record Maven(boolean needed, Optional<String> version) {}

  JavaCheck(Jdk jdk, Maven maven) {
    this.jdk = jdk;
    this.maven = maven;
  }

  @Override
  public String name() {
    return "Java";
  }

  @Override
  public List<Advice> findings() {
    return List.of(java(), builder());
  }

  private Advice java() {
    String text = "JDK " + jdk.version() + ", " + jdk.vendor();
    return jdk.feature() >= NEEDED
        ? new Ok(text)
        : new Problem(
            text + " (expected: " + NEEDED + " or later)",
            "Install one, for example temurin-%d-jdk, or set JAVA_HOME.".formatted(NEEDED));
  }

  private Advice builder() {
    if (!maven.needed()) {
      return new Ok("no sources here, so Maven is not needed");
    }
    return maven
        .version()
        .<Advice>map(Ok::new)
        .orElseGet(
            () ->
                new Note(
                    "no Maven 3.8 or later, which is needed once the sources change",
                    "Install maven, or set MVNW_REPOURL to a Maven repository."));
  }
}
