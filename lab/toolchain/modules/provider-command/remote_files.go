package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// remoteFiles are the files of a host, reached over SFTP.
type remoteFiles struct {
	*sftp.Client
	connection *ssh.Client
}

func openRemoteFiles(ctx context.Context, connection *Connection) (*remoteFiles, error) {
	client, err := connection.dial(ctx)
	if err != nil {
		return nil, err
	}
	// Concurrent writes may leave holes when a copy fails, but each file is written by one call only.
	files, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		client.Close()
		return nil, err
	}
	return &remoteFiles{files, client}, nil
}

func (r *remoteFiles) close() {
	r.Client.Close()
	r.connection.Close()
}

// kind tells whether the path exists on the host, and whether it is a directory.
func (r *remoteFiles) kind(name string) (exists, isDir bool, err error) {
	info, err := r.Stat(name)
	if errors.Is(err, os.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("could not look at remote path %s: %w", name, err)
	}
	return true, info.IsDir(), nil
}

// copyText writes a text to a file, whose name must be given.
func (r *remoteFiles) copyText(text, to string) error {
	_, isDir, err := r.kind(to)
	if err != nil {
		return err
	}
	if isDir {
		return fmt.Errorf("remote path %s is a directory; a text needs the path of a file", to)
	}
	if err := r.makeDir(path.Dir(to)); err != nil {
		return err
	}
	return r.write(strings.NewReader(text), to)
}

// copyPath copies a file or a directory of this machine. A directory goes below the destination under its own name,
// or, if its path ends in a slash, what it holds goes there.
func (r *remoteFiles) copyPath(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	exists, isDir, err := r.kind(to)
	if err != nil {
		return err
	}
	if info.IsDir() {
		if !strings.HasSuffix(from, "/") {
			to = path.Join(to, filepath.Base(from))
		}
		return r.copyDir(from, to)
	}
	if isDir {
		to = path.Join(to, filepath.Base(from))
	} else if !exists {
		if err := r.makeDir(path.Dir(to)); err != nil {
			return err
		}
	}
	return r.writeFile(from, to)
}

func (r *remoteFiles) copyDir(from, to string) error {
	return fs.WalkDir(os.DirFS(from), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return r.makeDir(path.Join(to, name))
		}
		return r.writeFile(filepath.Join(from, name), path.Join(to, name))
	})
}

// makeDir makes a directory and its parents unless they are there.
func (r *remoteFiles) makeDir(name string) error {
	if err := r.MkdirAll(name); err != nil {
		return fmt.Errorf("could not make remote directory %s: %w", name, err)
	}
	return nil
}

func (r *remoteFiles) writeFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	return r.write(source, to)
}

func (r *remoteFiles) write(source io.Reader, to string) error {
	file, err := r.Create(to)
	if err != nil {
		return fmt.Errorf("could not create remote file %s: %w", to, err)
	}
	_, err = file.ReadFrom(source)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("could not write remote file %s: %w", to, err)
	}
	return nil
}
