import java.util.Map;
import org.flywaydb.core.Flyway;

/** What the command `flyway migrate` does, with the settings a team writes for it. */
public class Migrate {
  public static void main(String[] arguments) {
    Flyway.configure()
        .dataSource(System.getenv("JDBC_URL"), System.getenv("PGUSER"), System.getenv("PGPASSWORD"))
        .locations("filesystem:" + arguments[0])
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load()
        .migrate();
  }
}
