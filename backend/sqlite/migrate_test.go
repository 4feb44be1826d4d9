package sqlite

import (
	"testing"

	"daycairn/backend/sqlite/db"
)

func TestMigrationsRunOnce(t *testing.T) {
	dir := made(t)
	c, err := db.Open(databasePath(dir), db.ReadWrite, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	steps := append([]string{}, migrations...)
	steps = append(steps, "CREATE TABLE second (a INTEGER) STRICT", "CREATE TABLE third (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1)")
	if err := migrate(c, steps); err == nil {
		t.Fatal("a step that fails was taken")
	}
	version, err := c.Int("PRAGMA user_version")
	if err != nil || version != int64(len(migrations)+1) {
		t.Errorf("version is %d, %v", version, err)
	}
	if _, err := c.Int("SELECT count(*) FROM third"); err == nil {
		t.Error("half of a step stayed")
	}
	steps[len(steps)-1] = "CREATE TABLE third (a INTEGER) STRICT"
	for range 2 {
		if err := migrate(c, steps); err != nil {
			t.Fatal(err)
		}
	}
}
