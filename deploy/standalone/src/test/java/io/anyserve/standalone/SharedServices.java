package io.anyserve.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One set of services on the simulated engine for all test classes that change nothing in it. */
public final class SharedServices implements ParameterResolver {

  private record Running(Path data, RunningServices services) implements AutoCloseable {

    static Running start() {
      try {
        Path data = Files.createTempDirectory("shared-services");
        return new Running(data, RunningServices.simulated(data));
      } catch (Exception e) {
        throw new IllegalStateException("the services do not start", e);
      }
    }

    @Override
    public void close() throws Exception {
      services.close();
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == RunningServices.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return test.getRoot()
        .getStore(Namespace.GLOBAL)
        .getOrComputeIfAbsent(Running.class, _ -> Running.start(), Running.class)
        .services();
  }
}
