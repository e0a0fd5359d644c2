package io.anyserve.loadtest.conversations;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The memory of another JVM on this machine at one moment, in MiB.
 *
 * @param resident of the process; only on Linux
 * @param heap in use after a collection
 */
public record ProcessMemory(double resident, double heap) {

  private static final double MEBIBYTE = 1024.0 * 1024;
  private static final double KIBIBYTES = 1024.0;
  private static final String RESIDENT = "VmRSS:";

  static ProcessMemory of(long pid) throws IOException {
    double heap = liveHeap(pid) / MEBIBYTE;
    return new ProcessMemory(residentKibibytes(pid) / KIBIBYTES, heap);
  }

  @SuppressWarnings("BanJNDI") // the address is that of a process which was started here
  private static long liveHeap(long pid) throws IOException {
    try (JMXConnector connection = JMXConnectorFactory.connect(new JMXServiceURL(agent(pid)))) {
      MemoryMXBean memory =
          ManagementFactory.getPlatformMXBean(
              connection.getMBeanServerConnection(), MemoryMXBean.class);
      memory.gc();
      return memory.getHeapMemoryUsage().getUsed();
    }
  }

  /** Where the management agent of that process listens; starts it the first time. */
  private static String agent(long pid) throws IOException {
    try {
      VirtualMachine process = VirtualMachine.attach(Long.toString(pid));
      try {
        return process.startLocalManagementAgent();
      } finally {
        process.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException("process " + pid + " is no JVM that can be asked", e);
    }
  }

  private static long residentKibibytes(long pid) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith(RESIDENT))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow(() -> new IOException("process " + pid + " has ended"));
    }
  }
}
