"""What personas do, where no timeline tells it. Nothing of it is drawn as tabiji draws: the numbers are Python's own."""


class Behaviour:
    def setup_behaviour(self):
        pass

    def react(self, event):
        pass

    def begin_habits(self):
        pass
