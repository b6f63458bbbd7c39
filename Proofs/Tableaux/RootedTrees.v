(* Order conditions of Runge-Kutta methods over rooted trees (Butcher). A method has order p when for every
   rooted tree t with at most p nodes   sum_i b_i phi_i(t) = 1/gamma(t),   where
     phi_i(node ts) = product over the children c in ts of sum_j a_ij phi_j(c),
     gamma(node ts) = |node ts| times the product of gamma(c).
   Trees are taken with ordered children: that repeats conditions but leaves none out.

   Coefficients are integers over one common denominator, so that a tree with n nodes has the integer
   weight den^n sum_i b_i phi_i(t), and nothing is ever rounded. *)
Require Import ZArith List Lia Bool.
Import ListNotations.
Open Scope Z_scope.

Inductive tree := node (children : list tree).

Fixpoint size (t : tree) : nat :=
  match t with node ts => S (list_sum (map size ts)) end.

Fixpoint gamma (t : tree) : Z :=
  match t with node ts => Z.of_nat (size t) * fold_right (fun c g => gamma c * g) 1 ts end.

(* a_ij = A_ij/den, b_i = B_i/den, c_i = C_i/den; row i of A holds the first i entries. *)
Record tableau := Tableau { den : Z; nodes : list Z; rows : list (list Z); weights : list Z }.

Fixpoint dot (u v : list Z) : Z :=
  match u, v with x :: u', y :: v' => x * y + dot u' v' | _, _ => 0 end.

Definition apply_rows (m : tableau) (v : list Z) : list Z := map (fun row => dot row v) (rows m).

Fixpoint stage_weights (m : tableau) (t : tree) : list Z :=
  match t with
  | node ts =>
      fold_right (fun c v => map (fun p => fst p * snd p) (combine (apply_rows m (stage_weights m c)) v))
                 (repeat 1 (length (rows m))) ts
  end.

(* den^|t| times sum_i b_i phi_i(t) *)
Definition tree_weight (m : tableau) (t : tree) : Z := dot (weights m) (stage_weights m t).

(* The residual of the condition of t, gamma sum b phi - 1, over den^|t|. *)
Definition residual (m : tableau) (t : tree) : Z :=
  gamma t * tree_weight m t - den m ^ Z.of_nat (size t).

Definition has_order (m : tableau) (p : nat) := forall t, (size t <= p)%nat -> residual m t = 0.

(* |gamma sum b phi - 1| <= 1/scale for every tree with at most p nodes. *)
Definition has_order_within (m : tableau) (p : nat) (scale : Z) :=
  forall t, (size t <= p)%nat -> Z.abs (residual m t) * scale <= den m ^ Z.of_nat (size t).

(* c_i = sum_j a_ij, exactly or within 1/scale. *)
Definition nodes_are_row_sums (m : tableau) (scale : Z) :=
  Forall (fun p => Z.abs (fst p - fold_right Z.add 0 (snd p)) * scale <= den m)
         (combine (nodes m) (rows m)).

(* ---------- all trees of a given size ---------- *)
Fixpoint forests (fuel n : nat) : list (list tree) :=
  match fuel, n with
  | _, O => [[]]
  | O, _ => []
  | S f, S k =>
      flat_map (fun i => flat_map (fun sub => map (cons (node sub)) (forests f (k - i))) (forests f i))
               (seq 0 (S k))
  end.

Lemma forests_complete fuel : forall n (ts : list tree),
  list_sum (map size ts) = n -> (n <= fuel)%nat -> In ts (forests fuel n).
Proof.
  induction fuel; intros n ts Hn Hf.
  - destruct ts as [|[sub] ts]; [subst; now left|]. simpl in Hn. lia.
  - destruct ts as [|[sub] ts]; [subst; now left|].
    simpl in Hn. set (i := list_sum (map size sub)) in *.
    destruct n as [|k]; [discriminate|]. injection Hn as Hn.
    change (In (node sub :: ts) (flat_map (fun i => flat_map (fun sub =>
      map (cons (node sub)) (forests fuel (k - i))) (forests fuel i)) (seq 0 (S k)))).
    apply in_flat_map. exists i. split; [apply in_seq; lia|].
    apply in_flat_map. exists sub. split; [apply IHfuel; [easy|lia]|].
    apply in_map. apply IHfuel; lia.
Qed.

Definition trees_up_to (p : nat) : list tree :=
  flat_map (fun n => map node (forests n n)) (seq 0 p).

Lemma trees_complete p t : (size t <= p)%nat -> In t (trees_up_to p).
Proof.
  destruct t as [ts]. simpl. intros H. apply in_flat_map. exists (list_sum (map size ts)).
  split; [apply in_seq; lia|]. apply in_map, forests_complete; lia.
Qed.

Definition exact_check (m : tableau) (p : nat) : bool :=
  forallb (fun t => residual m t =? 0) (trees_up_to p).
Definition within_check (m : tableau) (p : nat) (scale : Z) : bool :=
  forallb (fun t => Z.abs (residual m t) * scale <=? den m ^ Z.of_nat (size t)) (trees_up_to p).
Definition nodes_check (m : tableau) (scale : Z) : bool :=
  forallb (fun p => Z.abs (fst p - fold_right Z.add 0 (snd p)) * scale <=? den m) (combine (nodes m) (rows m)).

Lemma order_by_computation m p : exact_check m p = true -> has_order m p.
Proof.
  intros C t Ht. unfold exact_check in C. rewrite forallb_forall in C.
  apply Z.eqb_eq, C, trees_complete, Ht.
Qed.

Lemma order_within_by_computation m p scale : within_check m p scale = true -> has_order_within m p scale.
Proof.
  intros C t Ht. unfold within_check in C. rewrite forallb_forall in C.
  apply Z.leb_le, C, trees_complete, Ht.
Qed.

Lemma nodes_by_computation m scale : nodes_check m scale = true -> nodes_are_row_sums m scale.
Proof.
  intros C. unfold nodes_check in C. rewrite forallb_forall in C. apply Forall_forall. intros q Hq.
  apply Z.leb_le, C, Hq.
Qed.

Lemma not_order_by_tree m p t : (size t <= p)%nat -> residual m t <> 0 -> ~ has_order m p.
Proof. intros Hs H O. apply H, O, Hs. Qed.

(* the bush with n leaves: the conditions sum b_i c_i^n = 1/(n+1) *)
Definition bush (n : nat) : tree := node (repeat (node []) n).
